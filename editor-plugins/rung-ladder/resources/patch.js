/** What `html` may have set beside attributes. */
const LISTENERS = ["onclick", "oninput", "onchange", "onsubmit", "onkeydown"];

/**
 * Gives an element the children, text and listeners of others and touches only what differs, so that focus, scroll and
 * what is being typed stay where they are. A child with a `data-key` is found again wherever it moves;
 * one that is wanted and stands in the element already is only moved.
 */
export function patchChildren(element, wanted) {
  const keyed = new Map();
  for (const child of element.children) if (child.dataset.key) keyed.set(child.dataset.key, child);
  let at = element.firstChild;
  for (const fresh of wanted) {
    if (fresh.parentNode === element) {
      if (fresh === at) at = at.nextSibling;
      else element.insertBefore(fresh, at);
      continue;
    }
    const key = keyOf(fresh);
    const known = key === undefined ? at : keyed.get(key);
    if (known && isAlike(known, fresh)) {
      if (known === at) at = at.nextSibling;
      else element.insertBefore(known, at);
      patch(known, fresh);
    } else {
      element.insertBefore(fresh, at);
    }
  }
  while (at !== null) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function patch(known, fresh) {
  if (known.nodeType === Node.TEXT_NODE) {
    if (known.nodeValue !== fresh.nodeValue) known.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...known.attributes]) if (!fresh.hasAttribute(name)) known.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (known.getAttribute(name) !== value) known.setAttribute(name, value);
  for (const name of LISTENERS) if (known[name] !== fresh[name]) known[name] = fresh[name];
  patchChildren(known, [...fresh.childNodes]);
  // A field shows what was last typed, not its attribute.
  if ("checked" in fresh && known.checked !== fresh.checked) known.checked = fresh.checked;
  if (/^(?:INPUT|SELECT)$/.test(fresh.nodeName) && known.value !== fresh.value) known.value = fresh.value;
}

const keyOf = (node) => node.dataset?.key || undefined;

const isAlike = (known, fresh) => known.nodeName === fresh.nodeName && keyOf(known) === keyOf(fresh);
