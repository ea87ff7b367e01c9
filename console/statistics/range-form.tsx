import { useEffect, useRef } from 'preact/hooks';
import { presets, type Range } from './range.ts';

type FormProps = {
  range: Range;
  refused: { path?: string; detail: string } | undefined;
  readersZone: string;
  onChange(range: Partial<Range>): void;
};

/** The days of the range, and their time zone. */
export function RangeForm({ range, refused, readersZone, onChange }: FormProps) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.reset(), [range]);

  function show(event: SubmitEvent): void {
    event.preventDefault();
    if (!form.current) return;
    const data = new FormData(form.current);
    const text = (name: string) => {
      const value = data.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    onChange({ from: text('from'), to: text('to'), tz: text('tz') || readersZone });
  }

  function marks(name: string) {
    const bad = refused?.path === name;
    return { id: name, name, 'aria-invalid': bad, 'aria-describedby': bad ? `${name}-problem` : undefined };
  }

  function problem(name: string) {
    if (refused?.path !== name) return null;
    return (
      <p class="note" id={`${name}-problem`}>
        {refused.detail}
      </p>
    );
  }

  return (
    <form ref={form} class="filters range" onSubmit={show} aria-label="Range">
      <div class="presets" role="group" aria-label="Last days">
        {presets.map((days) => (
          <button
            key={days}
            type="button"
            aria-pressed={range.days === days}
            onClick={() => onChange({ days, tz: range.tz })}
          >
            {days} days
          </button>
        ))}
      </div>
      <div class="field">
        <label for="from">First day</label>
        <input {...marks('from')} type="date" defaultValue={range.from} />
        {problem('from')}
      </div>
      <div class="field">
        <label for="to">Last day</label>
        <input {...marks('to')} type="date" defaultValue={range.to} />
        {problem('to')}
      </div>
      <div class="field">
        <label for="tz">Time zone</label>
        <input {...marks('tz')} type="text" list="zones" defaultValue={range.tz} spellcheck={false} />
        <datalist id="zones">
          {['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        {problem('tz')}
      </div>
      <div class="actions">
        <button type="submit" class="primary">
          Show
        </button>
      </div>
    </form>
  );
}
