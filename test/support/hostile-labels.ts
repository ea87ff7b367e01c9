/** Label values that would do harm wherever one of them is taken for more than data. */
export const hostileLabels: [name: string, value: string][] = [
  ['an end of an SQL string', "x'; DROP TABLE orders; --"],
  ['an end of a PromQL selector', '"} or vector(1) or up{job="'],
  ['a way up', '../../api/v1/namespaces/kube-system/secrets'],
  ['a shell substitution', '$(id)`id`'],
  ['newlines', 'a\nb\r\nHost: elsewhere\r\n\r\nGET / HTTP/1.1'],
  ['a backslash at the end', 'x\\'],
  ['a query of a URL', 'x?labelSelector=&limit=1#fragment'],
  ['10 kB of text', `${'x'.repeat(10_000)}'"`],
];
