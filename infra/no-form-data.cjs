/**
 * Replaces the package form-data in packages for AWS. Axios and Slack's client bring it for uploads, with a table of
 * all media types that is a tenth of a function; nothing here uploads.
 */
module.exports = function FormData() {
  throw new Error('Uploads are left out of the packaged functions: see infra/no-form-data.cjs.');
};
