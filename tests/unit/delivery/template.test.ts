import { describe, expect, it } from 'vitest';
import { parseTemplate, render, type TemplateData, unknownNames } from '../../../src/delivery/template.ts';

function rendered(text: string, data: TemplateData) {
  const parsed = parseTemplate(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return render(parsed.template, data);
}

describe('a template', () => {
  it.each([
    ['a value', 'a {{x}} b', { x: 1 }, 'a 1 b'],
    ['a value that is empty', '[{{x}}]', { x: '' }, '[]'],
    ['a list', '{{#l}}{{x}};{{/l}}', { l: [{ x: 1 }, { x: 2 }] }, '1;2;'],
    ['names around a list', '{{#l}}{{y}}{{x}}{{/l}}', { y: 'y', l: [{ x: 1 }] }, 'y1'],
    ['what is there', '{{#x}}yes{{/x}}{{^x}}no{{/x}}', { x: 'a' }, 'yes'],
    ['what is not there', '{{#x}}yes{{/x}}{{^x}}no{{/x}}', { x: '' }, 'no'],
    ['an empty list', '{{#x}}yes{{/x}}{{^x}}no{{/x}}', { x: [] }, 'no'],
    ['lines of tags alone', 'a\n{{#x}}\nb\n{{/x}}\nc\n', { x: true }, 'a\nb\nc\n'],
    ['no names of objects', '{{#toString}}a{{/toString}}b', {}, 'b'],
    ['what a value says is not looked at again', '{{x}}', { x: '{{y}}' }, '{{y}}'],
  ])('shows %s', (_what, text, data, shown) => {
    expect(rendered(text, data)).toBe(shown);
  });

  it('gives nothing when a value is missing', () => {
    expect(rendered('a {{x}}', {})).toBeUndefined();
  });

  it.each([
    ['a section without an end', 'a\n{{#x}}\nb', 2, /\{\{#x\}\} has no/],
    ['an end without a begin', 'a\n\n{{/x}}', 3, /ends what did not begin/],
    ['crossed sections', '{{#x}}\n{{#y}}\n{{/x}}\n{{/y}}', 3, /\{\{#y\}\} of line 2 is open/],
    ['half a placeholder', 'a\nb {{x\nc', 2, /belongs to no placeholder/],
    ['code', 'a\n{{ process.exit() }}', 2, /belongs to no placeholder/],
  ])('is refused with its line: %s', (_what, text, line, message) => {
    const parsed = parseTemplate(text);
    expect(parsed.ok).toBe(false);
    expect(parsed).toMatchObject({ problems: expect.arrayContaining([expect.objectContaining({ line })]) });
    expect(JSON.stringify(parsed)).toMatch(message);
  });

  it('names what there is no value for, in sections too', () => {
    const parsed = parseTemplate('{{a}}\n{{b}}\n{{#l}}\n{{a}} {{in}}\n{{c}}\n{{/l}}\n{{in}}');
    const wrong = parsed.ok ? unknownNames(parsed.template, ['a', 'l'], { l: ['in'] }) : [];
    expect(wrong.map(({ line, message }) => `${line}: ${/\{\{\w+\}\}/.exec(message)?.[0]}`)).toEqual([
      '2: {{b}}',
      '5: {{c}}',
      '7: {{in}}',
    ]);
  });
});
