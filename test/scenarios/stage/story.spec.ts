import { describe, expect, it } from 'vitest';
import { playStory } from './story.js';

const OPENING = '# A story.\n\n';

describe('playStory', () => {
  it('puts what happened in the place of what the text says', async () => {
    const { text } = await playStory(`${OPENING}nodes 3\n----\nsomething else\n\ncluster n1\n`);
    expect(text).toBe(
      `${OPENING}nodes 3\n----\nn1 is master in epoch 1; members n1 n2 n3; everything up to record 4 is committed\n\n` +
        'cluster n1\n----\nn1   master    epoch 1, master n1, last 4, committed 4, exposure 0\n',
    );
  });

  it('loses no command that follows a command with output', async () => {
    const { text } = await playStory(`${OPENING}nodes 1\ncluster n1\ncluster n1\n`);
    expect(text.match(/^cluster n1$/gm)).toHaveLength(2);
    expect((await playStory(text)).text).toBe(text);
  });

  it('takes the same course every time', async () => {
    const story = `${OPENING}nodes 3\n\nkill n1\npromote n2 &\npromote n3 &\nrun 3s\n\nwrite "a"\n`;
    const [one, other] = [await playStory(story), await playStory(story)];
    expect(one.text).toContain('201 satisfied');
    expect(one.text).toBe(other.text);
  });

  it('reports a rule that is broken without the story having said so', async () => {
    const story = `${OPENING}nodes 3\n\nkill n1 n2\npromote n3 force\n`;
    const lost = story.replace('kill', 'cut n3 from n1 n2\nwrite "a"\nkill');
    expect((await playStory(story)).broken).toEqual([]);
    expect((await playStory(lost)).broken).toContainEqual(expect.stringMatching(/^durability: record 5 was committed/));
    expect((await playStory(lost.replace('kill', 'may-break durability\nmay-break agreement\nkill'))).broken).toEqual(
      [],
    );
  });

  it('reports logs that do not agree', async () => {
    const { broken } = await playStory(`${OPENING}nodes 3\n\nkill n3\nwrite "a"\nagree\n`);
    expect(broken).toEqual(['the logs do not agree']);
  });

  it.each([
    ['a story without an opening', 'nodes 3\n', /opens with a paragraph/],
    ['an unknown command', `${OPENING}dance\n`, /no command dance/],
    ['an option that nobody asks for', `${OPENING}nodes 1\nwrite "a" wz=1\n`, /write knows no wz=/],
    ['a node that is not there', `${OPENING}nodes 1\nkill n2\n`, /no machine n2/],
  ])('refuses %s', async (_what, story, sentence) => {
    await expect(playStory(story)).rejects.toThrow(sentence);
  });
});
