/**
 * A small part of Mustache: `{{name}}`, `{{#name}}…{{/name}}` (for each of a list, or if there is one) and
 * `{{^name}}…{{/name}}` (if there is none). Names are looked up in the data and nowhere else; nothing is run.
 * A line that holds nothing but a section's begin or end is left out.
 */
export type Template = readonly Node[];
type Node =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'value'; readonly name: string; readonly line: number }
  | {
      readonly is: 'section';
      readonly name: string;
      readonly line: number;
      readonly ifAbsent: boolean;
      readonly body: readonly Node[];
    };

export type TemplateData = { readonly [name: string]: TemplateValue };
export type TemplateValue = string | number | boolean | undefined | readonly TemplateData[];

/** What is wrong with a template, and in which line of it. */
export type TemplateProblem = { readonly line: number; readonly message: string };

export type ParsedTemplate =
  | { readonly ok: true; readonly template: Template }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[] };

const TAG = /\{\{\s*([#^/]?)\s*([A-Za-z][\w]*)\s*\}\}/g;
const ALONE = /^[ \t]*(\{\{\s*[#^/]\s*[A-Za-z]\w*\s*\}\})[ \t]*\r?\n/gm;

export function parseTemplate(text: string): ParsedTemplate {
  const problems: TemplateProblem[] = [];
  const root: Node[] = [];
  const open: { name: string; line: number; ifAbsent: boolean; body: Node[] }[] = [];
  const here = () => open.at(-1)?.body ?? root;
  // A tag alone on its line takes the line's end with it; it is kept as a mark that lines are counted by.
  const source = text.replace(ALONE, '$1\uE000');
  let at = 0;
  let line = 1;
  const say = (plain: string) => {
    const stray = /\{\{|\}\}/.exec(plain);
    if (stray) {
      const strayLine = line + newlines(plain.slice(0, stray.index));
      problems.push({ line: strayLine, message: `${stray[0]} belongs to no placeholder: write {{name}}` });
    }
    line += newlines(plain);
    const shown = plain.replaceAll('\uE000', '');
    if (shown !== '') here().push({ is: 'text', text: shown });
  };
  for (const match of source.matchAll(TAG)) {
    const [tag, sign = '', name = ''] = match;
    say(source.slice(at, match.index));
    at = match.index + tag.length;
    if (sign === '') here().push({ is: 'value', name, line });
    else if (sign !== '/') open.push({ name, line, ifAbsent: sign === '^', body: [] });
    else {
      const ended = open.at(-1);
      if (ended?.name !== name) {
        const message = ended
          ? `{{/${name}}} ends what did not begin: {{#${ended.name}}} of line ${ended.line} is open`
          : `{{/${name}}} ends what did not begin`;
        problems.push({ line, message });
        continue;
      }
      open.pop();
      here().push({ is: 'section', ...ended });
    }
  }
  say(source.slice(at));
  for (const { name, line: begun } of open)
    problems.push({ line: begun, message: `{{#${name}}} has no {{/${name}}}` });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, template: root };
}

/** Names that a template uses and nothing will ever be given for. `known`: by the sections that they may stand in. */
export function unknownNames(
  template: Template,
  known: readonly string[],
  lists: Readonly<Record<string, readonly string[]>>,
): readonly TemplateProblem[] {
  return template.flatMap((node): readonly TemplateProblem[] => {
    if (node.is === 'text') return [];
    const { name, line } = node;
    if (!known.includes(name)) {
      return [{ line, message: `there is no placeholder {{${name}}}: known are ${known.join(', ')}` }];
    }
    if (node.is === 'value') return [];
    return unknownNames(node.body, [...known, ...(lists[name] ?? [])], lists);
  });
}

/** The text; undefined when it needs something that the data do not have. */
export function render(template: Template, data: TemplateData): string | undefined {
  let text = '';
  for (const node of template) {
    const part = partOf(node, data);
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}

function partOf(node: Node, data: TemplateData): string | undefined {
  if (node.is === 'text') return node.text;
  const value = Object.hasOwn(data, node.name) ? data[node.name] : undefined;
  if (node.is === 'value')
    return value === undefined || typeof value === 'object' ? undefined : String(value);
  const isThere = value !== undefined && value !== false && value !== '' && !isEmptyList(value);
  if (node.ifAbsent) return isThere ? '' : render(node.body, data);
  if (!isThere) return '';
  if (typeof value !== 'object') return render(node.body, data);
  let text = '';
  for (const item of value) {
    const part = render(node.body, { ...data, ...item });
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}

function isEmptyList(value: TemplateValue): boolean {
  return typeof value === 'object' && value.length === 0;
}

function newlines(text: string): number {
  return [...text.matchAll(/[\n\uE000]/g)].length;
}
