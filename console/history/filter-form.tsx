import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type FilterName, type Filters, filterNames, fromLocalInput, localInput } from './filters.ts';

/** Those of the runbooks; scripts/build-console.ts puts them in. */
declare const CATEGORIES: string[];

const choices: Partial<Record<FilterName, string[]>> = {
  category: CATEGORIES,
  status: ['open', 'resolved'],
  severity: ['critical', 'warning', 'info'],
};

type FormProps = {
  filters: Filters;
  /** The API's refusal, to be shown next to its field. */
  refused: { path?: string; detail: string } | undefined;
  /** Known values to choose from. */
  known: Partial<Record<FilterName, readonly string[]>>;
  onSearch(filters: Filters): void;
};

/** The filters of the history. A search starts only on request. */
export function FilterForm({ filters, refused, known, onSearch }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  // The address may have changed by a link or the back button.
  useLayoutEffect(() => {
    for (const name of filterNames) {
      const control = form.current?.elements.namedItem(name);
      const value = filters[name] ?? '';
      if (control instanceof HTMLSelectElement) control.value = value;
      if (control instanceof HTMLInputElement)
        control.value = control.type === 'text' ? value : localInput(value);
    }
  }, [filters]);

  function search(event: SubmitEvent): void {
    event.preventDefault();
    if (form.current) onSearch(valuesOf(new FormData(form.current)));
  }

  function field(name: FilterName, label: string, control: ComponentChildren, kind = '') {
    const problem = refused?.path === name ? refused.detail : undefined;
    return (
      <div class={`field ${kind} ${problem === undefined ? '' : 'refused'}`}>
        <label for={name}>{label}</label>
        {control}
        {problem !== undefined && (
          <p class="note" id={`${name}-problem`}>
            {problem}
          </p>
        )}
      </div>
    );
  }

  function shared(name: FilterName) {
    const bad = refused?.path === name;
    return {
      id: name,
      name,
      'aria-invalid': bad,
      'aria-describedby': bad ? `${name}-problem` : undefined,
    };
  }

  function select(name: FilterName, label: string) {
    const value = filters[name] ?? '';
    const offered = choices[name] ?? [];
    const all = value === '' || offered.includes(value) ? offered : [...offered, value];
    return field(
      name,
      label,
      <select {...shared(name)}>
        <option value="">any</option>
        {all.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>,
    );
  }

  function text(name: FilterName, label: string) {
    return field(
      name,
      label,
      <>
        <input {...shared(name)} type="text" list={`${name}-known`} spellcheck={false} />
        <datalist id={`${name}-known`}>
          {known[name]?.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      </>,
      name,
    );
  }

  function time(name: 'from' | 'to', label: string) {
    return field(name, label, <input {...shared(name)} type="datetime-local" />, 'time');
  }

  return (
    <form ref={form} class="filters" onSubmit={search} aria-label="Filters">
      {select('status', 'Status')}
      {select('severity', 'Severity')}
      {text('alertname', 'Alert')}
      {select('category', 'Category')}
      {text('source', 'Source')}
      {time('from', 'Opened from')}
      {time('to', 'Opened before')}
      <div class="actions">
        <button type="submit" class="primary">
          Search
        </button>
        <button type="button" onClick={() => onSearch({})}>
          Clear
        </button>
      </div>
    </form>
  );
}

function valuesOf(data: FormData): Filters {
  const filters: Filters = {};
  for (const name of filterNames) {
    const given = data.get(name);
    const text = typeof given === 'string' ? given.trim() : '';
    const value = name === 'from' || name === 'to' ? fromLocalInput(text) : text;
    if (value) filters[name] = value;
  }
  return filters;
}
