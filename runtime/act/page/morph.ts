/**
 * Makes an element on the page into another one, and leaves alone what is the same: a field keeps what is typed in
 * it, a button its focus, a list that was opened stays open, and a screen reader is told only what changed.
 */
export function morph(old: Element, next: Element): void {
  if (old.tagName !== next.tagName || old.id !== next.id) {
    old.replaceWith(next);
    return;
  }
  morphAttributes(old, next);
  morphChildren(old, next);
}

function morphAttributes(old: Element, next: Element): void {
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && !isOwn(old, name)) old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

/** What the person, or a finger on it, sets. */
const isOwn = ({ tagName }: Element, name: string): boolean =>
  (tagName === "DETAILS" && name === "open") || name === "style";

function morphChildren(old: Element, next: Element): void {
  const named = new Map([...old.children].filter(({ id }) => id !== "").map((child) => [child.id, child]));
  const wanted = [...next.childNodes];
  wanted.forEach((node, i) => {
    const same = node instanceof Element ? named.get(node.id) : undefined;
    if (same !== undefined && same !== old.childNodes[i]) old.insertBefore(same, old.childNodes[i] ?? null);
    const there = old.childNodes[i];
    if (there === undefined) old.append(node);
    else if (there instanceof Element && node instanceof Element) morph(there, node);
    else if (there.nodeType !== node.nodeType) there.replaceWith(node);
    else if (there.nodeValue !== node.nodeValue) there.nodeValue = node.nodeValue;
  });
  for (const rest of [...old.childNodes].slice(wanted.length)) rest.remove();
}
