/** A time as people read it: `12 minutes`, `4 hours`, `3.5 days`. */
export function spanInWords(minutes: number): string {
  const [amount, unit] =
    minutes >= 2880 ? [minutes / 1440, 'day'] : minutes >= 120 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  const rounded = Math.round(amount * 10) / 10;
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`;
}
