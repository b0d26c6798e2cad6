/** Ids by which Node-RED's dialog about a stale deploy, and its word of a deploy behind one's back, are known. */
const MERGE_BUTTON = "red-ui-deploy-dialog-confirm-deploy-merge";
const OVERWRITE_BUTTON = "red-ui-deploy-dialog-confirm-deploy-overwrite";
const BACKGROUND = "background-update";

/**
 * Stands before Node-RED's two notifications about deploys of others: RED.deploy, which raises them, has no hook of
 * its own. Its dialog is made as ever but out of sight, so that it is there, whole, where ours cannot help.
 * @param onStale called with the hidden dialog: `show()` brings it out, `close()` takes it away; `isDeploying` is
 *   false where a person only reviews
 * @param fillWords puts words below the message of the background notification, at each of its appearances
 */
export function standBeforeNotifications({ onStale, fillWords }) {
  const notify = RED.notify;
  RED.notify = (message, options, ...rest) => {
    if (options?.id === BACKGROUND) return withWords(notify, message, options, fillWords);
    const buttons = options?.buttons?.map(({ id }) => id) ?? [];
    const theirs = notify(message, options, ...rest);
    if (!buttons.includes(MERGE_BUTTON)) return theirs;
    theirs.classList.add("rung-deploy-behind");
    onStale({
      isDeploying: buttons.includes(OVERWRITE_BUTTON),
      show: () => theirs.classList.remove("rung-deploy-behind"),
      close: () => {
        theirs.close();
        // It slides away slowly, and Node-RED would take its buttons for those of the next one.
        for (const button of theirs.querySelectorAll("button")) button.removeAttribute("id");
      },
    });
    return theirs;
  };
}

function withWords(notify, message, options, fillWords) {
  const fresh = () => {
    const words = document.createElement("div");
    words.className = "rung-deploy-words";
    fillWords(words, notification);
    return words;
  };
  let notification;
  notification = notify($("<div>").append(message), options);
  const place = notification.firstElementChild;
  const { update, showNotification } = notification;
  place.append(fresh());
  notification.update = (next, nextOptions) => update($("<div>").append(next, fresh()), nextOptions);
  notification.showNotification = () => {
    notification.querySelector(".rung-deploy-words")?.replaceWith(fresh());
    showNotification();
  };
  return notification;
}
