/** An alertname that breaks between its words, `HighErrorRate` before `Error`, and elsewhere only if it must. */
export function AlertName({ name }: { name: string }) {
  return (
    <>
      {name.split(/(?<=[a-z0-9])(?=[A-Z])/).map((word, at) => (
        <span key={at}>
          {at > 0 && <wbr />}
          {word}
        </span>
      ))}
    </>
  );
}
