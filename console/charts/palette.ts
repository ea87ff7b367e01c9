import { useEffect, useState } from 'preact/hooks';

/** Colours by their names in the style sheet, which a canvas cannot follow by itself. */
export type Palette = (name: string) => string;

const DARK = '(prefers-color-scheme: dark)';

/** A new palette whenever the reader changes between light and dark. */
export function usePalette(): Palette {
  const [palette, setPalette] = useState<Palette>(() => currentPalette());
  useEffect(() => {
    const query = matchMedia(DARK);
    const follow = () => setPalette(() => currentPalette());
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return palette;
}

function currentPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}
