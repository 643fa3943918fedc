const LONGEST_LINE = 2000;

/** Without what a terminal would obey: names and texts come from devices and files. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Each line of a message, and no more of a line than somebody reads. */
export function printableLines(text: string): string {
  const lines = text.split('\n');
  return lines
    .map((line) => printable(line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line))
    .join('\n');
}
