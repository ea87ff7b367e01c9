/** A picture with few colours: each pixel is an index into `palette`, row by row from the top left. */
export type Pixels = {
  width: number;
  height: number;
  data: Uint8Array;
  /** Red, green, blue and opacity, 0 to 255. */
  palette: Colour[];
};

export type Colour = [red: number, green: number, blue: number, opacity: number];

/** Steps of opacity; enough for edges that look smooth. */
const STEPS = 15;

/**
 * A transparent surface for inks of one colour each. A pixel keeps the ink that covers it most. That is
 * enough for thin lines and takes a quarter of the bytes of full colour. Palette indices are sorted so that
 * opaque colours come last.
 */
export function createCanvas(width: number, height: number, inks: [number, number, number][]) {
  const cover = new Uint8Array(width * height);
  const inkOf = new Uint8Array(width * height);

  return {
    /** `coverage` from 0 to 1; dots outside of the canvas are ignored. */
    dot(x: number, y: number, ink: number, coverage: number): void {
      if (x < 0 || y < 0 || x >= width || y >= height) return;
      const level = Math.round(Math.min(1, coverage) * STEPS);
      const at = y * width + x;
      if (level <= (cover[at] ?? 0)) return;
      cover[at] = level;
      inkOf[at] = ink;
    },

    pixels(): Pixels {
      const palette: Colour[] = [[0, 0, 0, 0]];
      for (let level = 1; level <= STEPS; level += 1) {
        const opacity = Math.round((level * 255) / STEPS);
        for (const [red, green, blue] of inks) palette.push([red, green, blue, opacity]);
      }
      const data = cover.map((level, at) =>
        level === 0 ? 0 : 1 + (level - 1) * inks.length + (inkOf[at] ?? 0),
      );
      return { width, height, data, palette };
    },
  };
}

export type Canvas = ReturnType<typeof createCanvas>;

/** A straight line with round ends, `width` pixels thick, with smooth edges. */
export function strokeLine(
  canvas: Canvas,
  [fromX, fromY]: [number, number],
  [toX, toY]: [number, number],
  width: number,
  ink: number,
): void {
  const reach = width / 2 + 1;
  const [alongX, alongY] = [toX - fromX, toY - fromY];
  const length = alongX * alongX + alongY * alongY;
  for (let y = Math.floor(Math.min(fromY, toY) - reach); y <= Math.max(fromY, toY) + reach; y += 1) {
    for (let x = Math.floor(Math.min(fromX, toX) - reach); x <= Math.max(fromX, toX) + reach; x += 1) {
      const part = length === 0 ? 0 : ((x - fromX) * alongX + (y - fromY) * alongY) / length;
      const nearest = Math.max(0, Math.min(1, part));
      const away = Math.hypot(x - fromX - nearest * alongX, y - fromY - nearest * alongY);
      const coverage = width / 2 + 0.5 - away;
      if (coverage > 0) canvas.dot(x, y, ink, coverage);
    }
  }
}
