import type { ComponentChildren } from 'preact';

type TableBehindProps = {
  /** Its name for screen readers. */
  label: string;
  /** The first names the rows, all others are numbers. */
  columns: readonly [string, ...string[]];
  children: ComponentChildren;
};

/** The numbers of a chart, for readers who cannot see it or need exact values. */
export function TableBehind({ label, columns: [first, ...numbers], children }: TableBehindProps) {
  return (
    <details>
      <summary>As a table</summary>
      <div class="scrolls tall" role="region" aria-label={label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{first}</th>
              {numbers.map((name) => (
                <th key={name} scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </details>
  );
}
