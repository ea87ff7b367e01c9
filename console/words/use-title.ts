import { useEffect } from 'preact/hooks';

/** The title of the tab, which a screen reader reads first. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} - first-responder`;
  }, [title]);
}
