/** Label values that some language would execute, if they were not data everywhere. */
export const hostileLabels: [string, string][] = [
  ['SQL', "'; DROP TABLE agent_status; --"],
  ['the end of a PromQL string', '"} or vector(1) #'],
  ['a way up', '../../admin'],
  ['a shell command', '$(id)'],
  ['another command', '`reboot`; ls | tee /tmp/x && true'],
  ['line breaks', 'api\r\nHost: evil.example\r\n\r\nGET /admin HTTP/1.1'],
  ['another host', '@evil.example/'],
  ['a whole URL', 'http://evil.example/x?y#z'],
  ['an encoded way up', '%2e%2e%2fadmin'],
  ['a query', '?admin=true#'],
  ['half a character', 'x\ud800'],
  ['nothing to see', '\u0000\u202e\u2028'],
  ['10 kB', 'long '.repeat(2_000)],
  ['a backslash at the end', 'x\\'],
];
