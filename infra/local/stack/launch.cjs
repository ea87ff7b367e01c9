// Started by `npm start` and `npm run` play, preview, runbook and incidents, with the script as the first argument.
// Plain JavaScript for any Node, so that even a start before `npm ci` ends in one sentence. After `npm ci`, `node` is
// Node 24 in every npm script, whatever the machine has.
const [script] = process.argv.splice(2, 1);
if (process.features.typescript) {
  void import(script);
} else {
  console.error(
    `Node ${process.versions.node} cannot run this; run npm ci first, which brings the right one.`,
  );
  process.exitCode = 1;
}
