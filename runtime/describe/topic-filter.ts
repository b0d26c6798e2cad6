/** Whether a topic falls under a filter (MQTT 3.1.1, 4.7). */
export function topicMatches(filter: string, topic: string): boolean {
  const wanted = (filter.startsWith("$share/") ? filter.split("/").slice(2).join("/") : filter).split("/");
  const levels = topic.split("/");
  // 4.7.2: wildcards at the first level do not match topics that begin with $.
  if (topic.startsWith("$") && (wanted[0] === "#" || wanted[0] === "+")) return false;
  for (const [i, level] of wanted.entries()) {
    if (level === "#") return true;
    if (i >= levels.length || (level !== "+" && level !== levels[i])) return false;
  }
  return wanted.length === levels.length;
}
