/** CryptoFunk's own agents first, then numbered ones: `count` distinct names. */
export function agentNames(count: number): string[] {
  const known = [
    'technical-agent',
    'orderbook-agent',
    'sentiment-agent',
    'trend-agent',
    'reversion-agent',
    'risk-agent',
  ];
  const numbered = Array.from({ length: count }, (_, index) => `scout-${String(index + 1).padStart(2, '0')}`);
  return [...known, ...numbered].slice(0, count);
}
