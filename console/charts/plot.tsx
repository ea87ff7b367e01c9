import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { type Palette, usePalette } from './palette.ts';

type PlotProps = {
  /** One sentence that describes the picture. */
  label: string;
  data: uPlot.AlignedData;
  height?: number;
  /** The same function as long as the chart is the same one. */
  options(palette: Palette): Omit<uPlot.Options, 'width' | 'height'>;
  /** The values under the pointer, in words. */
  readout(at: number): string;
};

/** A chart as wide as its container. A table next to it has the same numbers. */
export function Plot({ label, data, height = 180, options, readout }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const words = useRef<HTMLParagraphElement>(null);
  const palette = usePalette();

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const say = (plot: uPlot) => {
      const at = plot.cursor.idx ?? undefined;
      if (words.current) words.current.textContent = at === undefined ? '' : readout(at);
    };
    const chosen = options(palette);
    const plot = new uPlot(
      {
        ...chosen,
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, ...chosen.cursor },
        hooks: { ...chosen.hooks, setCursor: [say] },
      },
      data,
      element,
    );
    const resizing = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    resizing.observe(element);
    return () => {
      resizing.disconnect();
      plot.destroy();
    };
  }, [data, options, readout, palette, height]);

  return (
    <div class="plot">
      <div ref={place} role="img" aria-label={label} />
      <p ref={words} class="readout" aria-hidden="true" />
    </div>
  );
}

/** An axis in the colours of the page. */
export function axis(palette: Palette, more: uPlot.Axis = {}): uPlot.Axis {
  return {
    stroke: palette('muted'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: palette('line'), width: 1 },
    ticks: { stroke: palette('line'), width: 1, size: 4 },
    ...more,
  };
}
