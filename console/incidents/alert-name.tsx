/** An alertname that may break between its words, `HighErrorRate` before `Error`, and nowhere else unless it must. */
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
