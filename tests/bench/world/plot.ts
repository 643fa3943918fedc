import type { Band } from './shapes.ts';

export type Panel = {
  readonly title: string;
  readonly xLabel: string;
  readonly real: Band;
  readonly simulated: Band;
};

const WIDTH = 320;
const HEIGHT = 220;
const MARGIN = { left: 34, right: 8, top: 22, bottom: 30 };
const REAL = '#7a7a7a';
const SIMULATED = '#1f6fb4';

/** Panels side by side: grey what was measured, blue what was simulated; bands hold four buildings of five. */
export function svgOf(title: string, panels: readonly Panel[]): string {
  const width = WIDTH * panels.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${HEIGHT + 24}" font-family="sans-serif" font-size="10">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${HEIGHT + 24}" fill="#fff"/>`,
    `<text x="8" y="15" font-size="12">${title}</text>`,
    ...panels.flatMap((panel, i) => [`<g transform="translate(${i * WIDTH} 20)">`, ...drawn(panel), '</g>']),
    '</svg>',
    '',
  ].join('\n');
}

function drawn({ title, xLabel, real, simulated }: Panel): string[] {
  const values = [...real.low, ...real.high, ...simulated.low, ...simulated.high];
  const least = Math.min(0, ...values);
  const most = Math.max(...values) * 1.05;
  const last = real.x.at(-1) ?? 1;
  const place = (x: number, y: number) => {
    const left = MARGIN.left + (x / last) * (WIDTH - MARGIN.left - MARGIN.right);
    const top =
      HEIGHT - MARGIN.bottom - ((y - least) / (most - least)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
    return `${left.toFixed(1)} ${top.toFixed(1)}`;
  };
  const line = (x: readonly number[], y: readonly number[]) =>
    x.map((at, i) => place(at, y[i] ?? 0)).join('L');
  const area = ({ x, low, high }: Band, colour: string) =>
    `<path d="M${line(x, high)}L${line(x.toReversed(), low.toReversed())}Z" fill="${colour}" opacity=".22"/>`;
  const median = ({ x, middle }: Band, colour: string) =>
    `<path d="M${line(x, middle)}" fill="none" stroke="${colour}" stroke-width="1.6"/>`;
  const ticks = [least, (least + most) / 2, most].map((y) => {
    const [left, top] = place(0, y).split(' ');
    return `<text x="${Number(left) - 4}" y="${Number(top) + 3}" text-anchor="end">${y.toFixed(1)}</text>`;
  });
  return [
    `<text x="${MARGIN.left}" y="${MARGIN.top - 6}">${title}</text>`,
    `<path d="M${place(0, most)}L${place(0, least)}L${place(last, least)}" fill="none" stroke="#000" stroke-width=".6"/>`,
    ...ticks,
    `<text x="${WIDTH - MARGIN.right}" y="${HEIGHT - 8}" text-anchor="end">${xLabel}, to ${last}</text>`,
    area(real, REAL),
    area(simulated, SIMULATED),
    median(real, REAL),
    median(simulated, SIMULATED),
  ];
}
