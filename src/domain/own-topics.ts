/** Topics that only kvarter itself writes, by how they begin. */
const ownTopics = ['kvarter/alerts/', 'kvarter/commands/'] as const;

export function isOwnTopic(topic: string): boolean {
  return ownTopics.some((own) => topic.startsWith(own));
}
