import { type ComputedRef, computed, ref } from "vue";

/** Told by the host (runtime/host/editor-address.ts); in a plain Node-RED nobody answers with JSON. */
const ASKED = "/dashboard/rung-editor";

const root = ref("");
let asked = false;

/** Once per page and bundle: a person's role does not change while a page is open without the page being loaded anew. */
function ask(): void {
  if (asked) return;
  asked = true;
  fetch(ASKED, { credentials: "same-origin" })
    .then((response) => response.json())
    .then((answer: { root?: string }) => {
      root.value = answer.root ?? "";
    })
    .catch(() => undefined);
}

/**
 * Where the editor shows a node, chosen and in the middle of its tab.
 * @param node id of the node; undefined while it is not known
 * @returns empty where there is no editor, or none for this person
 */
export function useEditorLink(node: () => string | undefined): ComputedRef<string> {
  ask();
  return computed(() => {
    const id = node();
    return root.value === "" || !id ? "" : `${root.value}#node/${encodeURIComponent(id)}`;
  });
}
