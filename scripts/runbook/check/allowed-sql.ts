// The functions, types and operators that a check's SQL may name: those that only read, and that diagnostics need. Any
// other is refused, because a list of what is dangerous is never complete. test/integration/allowed-sql.test.ts
// compares this file with the catalogue of a real server. docs/adr/0031-sql-by-list.md has the reasons.

/** Named without a schema, or with pg_catalog. */
const builtIn = [
  // Aggregates
  `any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp every json_agg
   json_agg_strict json_object_agg json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict jsonb_agg
   jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict max
   min mode percentile_cont percentile_disc range_agg range_intersect_agg regr_avgx regr_avgy regr_count regr_intercept
   regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance`,
  // Windows
  `cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number`,
  // Numbers
  `abs acos acosd acosh asin asind asinh atan atan2 atan2d atand atanh cbrt ceil ceiling cos cosd cosh cot cotd degrees
   div erf erfc exp factorial floor gamma gcd lcm lgamma ln log log10 min_scale mod pi pow power radians round scale sign
   sin sind sinh sqrt tan tand tanh trim_scale trunc width_bucket`,
  // Text and bytes
  `ascii bit_count bit_length btrim casefold char_length character_length chr concat concat_ws convert convert_from
   convert_to crc32 crc32c decode encode format get_bit get_byte initcap is_normalized left length like_escape lower lpad
   ltrim md5 normalize num_nonnulls num_nulls octet_length overlay parse_ident position quote_ident quote_literal
   quote_nullable regexp_count regexp_instr regexp_like regexp_match regexp_matches regexp_replace regexp_split_to_array
   regexp_split_to_table regexp_substr repeat replace reverse right rpad rtrim sha224 sha256 sha384 sha512 similar_escape
   similar_to_escape split_part string_to_array string_to_table strpos substr substring to_ascii to_bin to_hex to_oct
   translate unistr upper`,
  // Times
  `age clock_timestamp date date_add date_bin date_part date_subtract date_trunc extract isfinite justify_days
   justify_hours justify_interval make_date make_interval make_time make_timestamp make_timestamptz now overlaps
   statement_timestamp timezone to_char to_date to_number to_timestamp transaction_timestamp`,
  // JSON
  `array_to_json json_array_elements json_array_elements_text json_array_length json_build_array json_build_object
   json_each json_each_text json_extract_path json_extract_path_text json_object json_object_keys json_strip_nulls
   json_to_record json_to_recordset json_typeof jsonb_array_elements jsonb_array_elements_text jsonb_array_length
   jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text jsonb_extract_path jsonb_extract_path_text jsonb_insert
   jsonb_object jsonb_object_keys jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz
   jsonb_path_query jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz
   jsonb_path_query_tz jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset
   jsonb_typeof row_to_json to_json to_jsonb`,
  // Arrays, ranges and series
  `array_append array_cat array_dims array_fill array_length array_lower array_ndims array_position array_positions
   array_prepend array_remove array_replace array_reverse array_sort array_to_string array_upper cardinality
   datemultirange daterange enum_first enum_last enum_range generate_series generate_subscripts int4multirange int4range
   int8multirange int8range isempty lower_inc lower_inf multirange nummultirange numrange range_merge trim_array
   tsmultirange tsrange tstzmultirange tstzrange unnest upper_inc upper_inf`,
  // Addresses, ids and text search
  `abbrev broadcast family host hostmask inet_merge inet_same_family masklen netmask network numnode phraseto_tsquery
   plainto_tsquery querytree set_masklen strip to_tsquery to_tsvector ts_headline ts_rank ts_rank_cd tsvector_to_array
   uuid_extract_timestamp uuid_extract_version websearch_to_tsquery`,
  // The session and the server
  `current_database current_schema current_schemas current_setting getdatabaseencoding getpgusername inet_client_addr
   inet_client_port inet_server_addr inet_server_port mxid_age pg_backend_pid pg_client_encoding pg_conf_load_time
   pg_current_snapshot pg_current_xact_id_if_assigned pg_is_in_recovery pg_notification_queue_usage
   pg_postmaster_start_time pg_snapshot_xip pg_snapshot_xmax pg_snapshot_xmin pg_visible_in_snapshot row_security_active
   system_user txid_current_if_assigned txid_current_snapshot txid_snapshot_xip txid_snapshot_xmax txid_snapshot_xmin
   txid_visible_in_snapshot version`,
  // The catalogue and privileges
  `aclexplode col_description format_type has_any_column_privilege has_column_privilege has_database_privilege
   has_foreign_data_wrapper_privilege has_function_privilege has_language_privilege has_parameter_privilege
   has_schema_privilege has_sequence_privilege has_server_privilege has_table_privilege has_tablespace_privilege
   has_type_privilege obj_description pg_char_to_encoding pg_collation_for pg_collation_is_visible pg_describe_object
   pg_encoding_to_char pg_filenode_relation pg_function_is_visible pg_get_constraintdef pg_get_expr
   pg_get_function_arguments pg_get_function_identity_arguments pg_get_function_result pg_get_functiondef pg_get_indexdef
   pg_get_partition_constraintdef pg_get_partkeydef pg_get_ruledef pg_get_serial_sequence pg_get_statisticsobjdef
   pg_get_triggerdef pg_get_userbyid pg_get_viewdef pg_has_role pg_identify_object pg_index_column_has_property
   pg_index_has_property pg_indexam_has_property pg_opclass_is_visible pg_operator_is_visible pg_options_to_table
   pg_partition_ancestors pg_partition_root pg_partition_tree pg_relation_filenode pg_relation_filepath
   pg_sequence_last_value pg_sequence_parameters pg_settings_get_flags pg_table_is_visible pg_tablespace_databases
   pg_tablespace_location pg_type_is_visible pg_typeof shobj_description to_regclass to_regcollation to_regnamespace
   to_regoper to_regoperator to_regproc to_regprocedure to_regrole to_regtype`,
  // Sizes
  `pg_column_compression pg_column_size pg_database_size pg_indexes_size pg_ls_waldir pg_relation_size pg_size_bytes
   pg_size_pretty pg_table_size pg_tablespace_size pg_total_relation_size`,
  // Locks, the write-ahead log and replication
  `pg_blocking_pids pg_current_wal_flush_lsn pg_current_wal_insert_lsn pg_current_wal_lsn pg_get_wal_replay_pause_state
   pg_is_wal_replay_paused pg_last_committed_xact pg_last_wal_receive_lsn pg_last_wal_replay_lsn
   pg_last_xact_replay_timestamp pg_safe_snapshot_blocking_pids pg_split_walfile_name pg_wal_lsn_diff pg_walfile_name
   pg_walfile_name_offset pg_xact_commit_timestamp`,
];

/** The functions behind the statistics views, without their common beginning `pg_stat_get_`. */
const statistics = `
  activity analyze_count archiver autoanalyze_count autovacuum_count backend_activity backend_activity_start
  backend_client_addr backend_client_port backend_dbid backend_idset backend_io backend_pid backend_start
  backend_subxact backend_userid backend_wait_event backend_wait_event_type backend_wal backend_xact_start
  bgwriter_buf_written_clean bgwriter_maxwritten_clean bgwriter_stat_reset_time blocks_fetched blocks_hit buf_alloc
  checkpointer_buffers_written checkpointer_num_performed checkpointer_num_requested checkpointer_num_timed
  checkpointer_restartpoints_performed checkpointer_restartpoints_requested checkpointer_restartpoints_timed
  checkpointer_slru_written checkpointer_stat_reset_time checkpointer_sync_time checkpointer_write_time db_active_time
  db_blk_read_time db_blk_write_time db_blocks_fetched db_blocks_hit db_checksum_failures db_checksum_last_failure
  db_conflict_all db_conflict_bufferpin db_conflict_lock db_conflict_logicalslot db_conflict_snapshot
  db_conflict_startup_deadlock db_conflict_tablespace db_deadlocks db_idle_in_transaction_time db_numbackends
  db_parallel_workers_launched db_parallel_workers_to_launch db_session_time db_sessions db_sessions_abandoned
  db_sessions_fatal db_sessions_killed db_stat_reset_time db_temp_bytes db_temp_files db_tuples_deleted
  db_tuples_fetched db_tuples_inserted db_tuples_returned db_tuples_updated db_xact_commit db_xact_rollback
  dead_tuples function_calls function_self_time function_total_time ins_since_vacuum io last_analyze_time
  last_autoanalyze_time last_autovacuum_time last_vacuum_time lastscan live_tuples mod_since_analyze numscans
  progress_info recovery_prefetch replication_slot slru snapshot_timestamp subscription subscription_stats
  total_analyze_time total_autoanalyze_time total_autovacuum_time total_vacuum_time tuples_deleted tuples_fetched
  tuples_hot_updated tuples_inserted tuples_newpage_updated tuples_returned tuples_updated vacuum_count wal
  wal_receiver wal_senders xact_blocks_fetched xact_blocks_hit xact_function_calls xact_function_self_time
  xact_function_total_time xact_numscans xact_tuples_deleted xact_tuples_fetched xact_tuples_hot_updated
  xact_tuples_inserted xact_tuples_newpage_updated xact_tuples_returned xact_tuples_updated`;

/** Functions that PostgreSQL calls volatile and that are allowed, by the reason. The others are stable or immutable. */
export const allowedVolatile: Readonly<Record<string, string>> = {
  'it only tells the time, and changes while the statement runs': 'clock_timestamp',
  'it reads state that other sessions change meanwhile': `pg_blocking_pids pg_safe_snapshot_blocking_pids
    pg_notification_queue_usage pg_sequence_last_value pg_partition_ancestors pg_partition_tree`,
  'it reads sizes that other sessions change meanwhile': `pg_database_size pg_indexes_size pg_relation_size pg_table_size
    pg_tablespace_size pg_total_relation_size`,
  'it reads positions that other processes move meanwhile': `pg_current_wal_flush_lsn pg_current_wal_insert_lsn
    pg_current_wal_lsn pg_get_wal_replay_pause_state pg_is_in_recovery pg_is_wal_replay_paused pg_last_committed_xact
    pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_xact_commit_timestamp`,
  'it lists names and sizes of write-ahead log files, and reads none of them': 'pg_ls_waldir',
  'it reads counters that other processes change meanwhile': `
    pg_stat_get_backend_io pg_stat_get_backend_wal pg_stat_get_io pg_stat_get_recovery_prefetch
    pg_stat_get_xact_blocks_fetched pg_stat_get_xact_blocks_hit pg_stat_get_xact_function_calls
    pg_stat_get_xact_function_self_time pg_stat_get_xact_function_total_time pg_stat_get_xact_numscans
    pg_stat_get_xact_tuples_deleted pg_stat_get_xact_tuples_fetched pg_stat_get_xact_tuples_hot_updated
    pg_stat_get_xact_tuples_inserted pg_stat_get_xact_tuples_newpage_updated pg_stat_get_xact_tuples_returned
    pg_stat_get_xact_tuples_updated`,
};

/** By the extension that brings them; pgvector is not part of the server that tests run on. */
export const extensionFunctions: Readonly<Record<string, string>> = {
  pg_stat_statements: 'pg_stat_statements pg_stat_statements_info',
  pgvector: 'cosine_distance inner_product l1_distance l2_distance l2_norm vector_dims vector_norm',
};

/** Types that a value may be cast to. A domain or type of a database could run a function of its own. */
const types = `
  aclitem bit bool bpchar box bytea char cid cidr circle date datemultirange daterange float4 float8 inet int2 int2vector
  int4 int4multirange int4range int8 int8multirange int8range interval json jsonb jsonpath line lseg macaddr macaddr8 money
  name nummultirange numeric numrange oid oidvector path pg_lsn pg_snapshot point polygon regclass regcollation regconfig
  regdictionary regnamespace regoper regoperator regproc regprocedure regrole regtype text tid time timestamp timestamptz
  timetz tsmultirange tsquery tsrange tstzmultirange tstzrange tsvector uuid varbit varchar xid xid8`;

export const extensionTypes: Readonly<Record<string, string>> = { pgvector: 'halfvec sparsevec vector' };

const operators = `
  !! !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= + - -> ->> -|- / < <-> << <<= <<| <= <> <@
  <^ = > >= >> >>= >^ ? ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ @@@ ^ ^@ | |&> |/ |>> || ||/ ~ ~* ~<=~ ~<~ ~= ~>=~ ~>~ ~~
  ~~*`;

export const extensionOperators: Readonly<Record<string, string>> = { pgvector: '<#> <%> <+> <=> <~>' };

/** How a part of a random sample is chosen. */
const samplings = 'bernoulli system';

const words = (text: string) => text.trim().split(/\s+/);
const allWords = (lists: Readonly<Record<string, string>>) => Object.values(lists).flatMap(words);

export type Allowed = {
  /** May be named without a schema or with pg_catalog. */
  builtIn: ReadonlySet<string>;
  /** May be named only without a schema. */
  extension: ReadonlySet<string>;
};

export const allowedFunctions: Allowed = {
  builtIn: new Set([...builtIn.flatMap(words), ...words(statistics).map((name) => `pg_stat_get_${name}`)]),
  extension: new Set(allWords(extensionFunctions)),
};
export const allowedTypes: Allowed = {
  builtIn: new Set(words(types)),
  extension: new Set(allWords(extensionTypes)),
};
export const allowedOperators: Allowed = {
  builtIn: new Set(words(operators)),
  extension: new Set(allWords(extensionOperators)),
};
export const allowedSamplings: Allowed = { builtIn: new Set(words(samplings)), extension: new Set() };
