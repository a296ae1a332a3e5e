/** Small pieces of Markdown. */

export function table(head, rows) {
  const cell = (text) =>
    String(text ?? '')
      .replaceAll('|', '\\|')
      .replaceAll('\n', ' ');
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export const fence = (language, text) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

export const code = (text) => `\`${text}\``;

/** The anchor GitHub gives a heading. */
export const slug = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

export const count = (value) => Math.round(value).toLocaleString('en');
