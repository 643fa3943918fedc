/** Topics that only kvarter itself writes, by how they begin. */
const ownTopics = ['kvarter/alerts/', 'kvarter/commands/'] as const;

export function isOwnTopic(topic: string): boolean {
  return ownTopics.some((own) => topic.startsWith(own));
}

const ANSWERS = 'kvarter/acks/';

/** What a load answers to a command, on `kvarter/acks/{building}/{load}`: for whoever commanded it, and no measurement. */
export function isAnswerTopic(topic: string): boolean {
  return topic.startsWith(ANSWERS);
}
