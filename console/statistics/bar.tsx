/** The length of a bar beside its number, 0 to 100; drawn, because the style of an element cannot be in the HTML. */
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
