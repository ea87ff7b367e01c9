/** The length of a bar, 0 to 100. An SVG, because the policy allows no style attributes in HTML. */
export function Bar({ share, kind = 'accent' }: { share: number; kind?: string }) {
  return (
    <svg
      class={`bar ${kind}`}
      viewBox="0 0 100 8"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <rect x="0" y="0" width={share} height="8" rx="1" />
    </svg>
  );
}
