/**
 * A plugin of the Serverless Framework: gives every function that sends mails the variables that runbooks/routing.yaml
 * names for mail lists, so that a new list needs no change here. Mistakes in the file are told by the build.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');

/** What those functions have, and no other. */
const SENDS_MAILS = 'SMTP_HOST';

function namesOf(routes) {
  const entries = routes.flatMap(({ email }) => email ?? []);
  return entries.filter((entry) => !String(entry).includes('@'));
}

/** The framework calls it with `new`. */
module.exports = function MailLists(serverless) {
  const initialize = () => {
    const folder = serverless.config.serviceDir ?? process.cwd();
    const { routes } = parse(readFileSync(join(folder, 'runbooks', 'routing.yaml'), 'utf8'));
    for (const { environment = {} } of Object.values(serverless.service.functions)) {
      if (!Object.hasOwn(environment, SENDS_MAILS)) continue;
      for (const name of namesOf(routes)) environment[name] = process.env[name] ?? '';
    }
  };
  this.hooks = { initialize };
};
