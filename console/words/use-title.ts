import { useEffect } from 'preact/hooks';

/** The title of the tab, which is also what a screen reader says first. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} - first-responder`;
  }, [title]);
}
