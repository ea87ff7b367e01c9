// What `npm start` runs: plain JavaScript that any Node can read, so that even a start before `npm ci` ends in one
// sentence. After `npm ci`, `node` is Node 24 in every npm script, whatever the machine has.
if (process.features.typescript) {
  void import('./start.ts');
} else {
  console.error(
    `Node ${process.versions.node} cannot run this; run npm ci first, which brings the right one.`,
  );
  process.exitCode = 1;
}
