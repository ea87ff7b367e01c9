/** The gallery around the messages. One view is shown at a time: the one that the address names, else the table. */
export const galleryStyle = `
:root:has(#theme-light:checked){color-scheme:light}
:root:has(#theme-dark:checked){color-scheme:dark}
header{display:flex;flex-wrap:wrap;gap:4px 24px;align-items:baseline;padding:12px 16px 0}
h1{margin:0;font-size:18px}h1 a{color:inherit;text-decoration:none}
.theme{border:0;margin:0;padding:0;display:flex;gap:10px;font-size:13px}.theme legend{float:left;padding:0 10px 0 0;color:var(--soft)}
main{padding:12px 16px}
.view{display:none}.view:target{display:block}
main:has(.view:target) .overview{display:none}
.scrolling{overflow-x:auto}
table{border-collapse:collapse;font-size:13px;background:var(--panel)}th,td{padding:5px 9px;border:1px solid var(--line);text-align:left;white-space:nowrap}
td{color:var(--soft)}
.view>nav{display:flex;flex-wrap:wrap;gap:4px 14px;align-items:baseline;font-size:13px;margin-bottom:8px}
.view>nav h2{margin:0}
.reasons a{padding:2px 8px;border:1px solid var(--line);border-radius:12px;text-decoration:none}
.reasons a[aria-current]{background:var(--text);color:var(--bg)}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,560px),1fr));gap:16px;align-items:start}
.column{min-width:0}
.how{margin:0 0 4px;color:var(--soft);font-size:13px}
.notification{margin:0 0 12px;padding:8px 12px;background:var(--panel);border:1px solid var(--line);border-radius:12px;overflow-wrap:anywhere}
.refused{padding:8px 12px;border:2px solid #dc2626;border-radius:8px}
`;
