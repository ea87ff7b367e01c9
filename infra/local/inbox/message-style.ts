/** The style of messages and mails, light or dark like the reader's screen, or as the page's color-scheme says. */
export const messageStyle = `
:root{color-scheme:light dark;--bg:light-dark(#f4f4f5,#121316);--panel:light-dark(#fff,#1a1d21);--text:light-dark(#1d1c1d,#d1d2d3);--soft:light-dark(#616061,#b9babd);--line:light-dark(#e4e4e7,#33363b);--code:light-dark(#f4f4f5,#222529);--codetext:light-dark(#b3123f,#e8912d);--link:light-dark(#1264a3,#4aa3e0);--mention:light-dark(#fff3d6,#4a3a12);--mentiontext:light-dark(#8a5a00,#f2c744)}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.47 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif}
h2{font-size:16px;margin:0 0 8px}
.channel,.mail,.empty{background:var(--panel);border:1px solid var(--line);border-radius:8px;margin:0 0 16px}
.empty{padding:16px;color:var(--soft)}
h3{margin:0;padding:10px 16px;border-bottom:1px solid var(--line);font-size:15px}
.message{display:flex;gap:10px;padding:12px 16px}.message+.message{border-top:1px solid var(--line)}
.avatar{flex:none;width:36px;height:36px;border-radius:6px;background:#b91c1c;color:#fff;font-weight:700;font-size:13px;display:grid;place-items:center}
.content{min-width:0;flex:1}
.by{font-size:14px}.by time,.edited,.context{color:var(--soft);font-size:12px}
.app{background:var(--line);color:var(--soft);border-radius:3px;padding:0 4px;font-size:10px;font-weight:700}
.preview{display:none}
h4{margin:4px 0;font-size:17px;overflow-wrap:anywhere}
.section{margin:4px 0 8px;white-space:pre-wrap;overflow-wrap:anywhere}
.context{display:flex;flex-wrap:wrap;gap:2px 14px;margin:4px 0;overflow-wrap:anywhere}
pre{margin:4px 0;padding:8px 10px;background:var(--code);border:1px solid var(--line);border-radius:4px;font:12px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre-wrap;overflow-wrap:anywhere}
code{padding:1px 4px;background:var(--code);border:1px solid var(--line);border-radius:3px;color:var(--codetext);font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}
a{color:var(--link)}
.mention{background:var(--mention);color:var(--mentiontext);border-radius:3px;padding:0 3px;font-weight:600}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0}
.button{font-family:inherit;font-size:13px;font-weight:600;line-height:1.2;padding:6px 12px;border:1px solid var(--line);border-radius:4px;background:var(--panel);color:var(--text);cursor:pointer;text-decoration:none}
.button.primary{background:#007a5a;border-color:#007a5a;color:#fff}.button:disabled{opacity:.6;cursor:default}
.button:hover{border-color:var(--soft)}.button:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.answer{margin:6px 0;padding:6px 10px;border:1px dashed var(--line);border-radius:6px;font-size:14px;overflow-wrap:anywhere}
.thread{margin-top:6px;border-left:3px solid var(--line);padding-left:8px}.thread>summary{color:var(--link);font-size:13px;font-weight:600;cursor:pointer}
.mail{padding:10px 16px}.mail>summary{cursor:pointer}.mail>summary .context{margin-left:16px}
.tabs{margin-top:8px}.tabs input{position:absolute;opacity:0}.tabs label{display:inline-block;padding:3px 10px;border:1px solid var(--line);border-radius:4px;margin-right:4px;font-size:13px;cursor:pointer}
.tabs input:checked+label{background:var(--link);color:light-dark(#fff,#0b1b26)}.tabs input:focus-visible+label{outline:2px solid var(--link);outline-offset:2px}
.pane{display:none;width:100%;margin-top:8px}
iframe.pane{height:760px;resize:vertical;border:1px solid var(--line);border-radius:4px;background:#fff}
.tabs input:nth-of-type(1):checked~.html,.tabs input:nth-of-type(2):checked~.text,.tabs input:nth-of-type(3):checked~.headers{display:block}
`;
