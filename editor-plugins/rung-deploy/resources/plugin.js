import { Comparison, deployedWords, whatRuns, whoDeployed } from "./comparison.js";
import { StaleDeployDialog } from "./dialog.js";
import { standBeforeNotifications } from "./notifications.js";
import { putInEditor } from "./put-in-editor.js";
import { Revisions } from "./revisions.js";

/** Sentences in the notification of a deploy by somebody else; the dialog has them all. */
const SHOWN = 4;

RED.plugins.registerPlugin("rung-deploy", {
  type: "rung-editor",
  onadd() {
    const revisions = new Revisions();
    revisions.keepShown();
    RED.events.on("flows:loaded", () => revisions.keepShown());
    RED.events.on("deploy", () => revisions.keepShown());

    let declaredRoles = {};
    RED.comms.subscribe("rung/ladder", (_topic, report) => {
      declaredRoles = report?.declaredRoles ?? {};
    });

    let background;
    const compare = async () => {
      const [now, deployments] = await Promise.all([whatRuns(), whoDeployed()]);
      const base = revisions.base();
      const comparison = base && new Comparison(base, now, deployments, { declaredRoles });
      // Also where there is no base: Node-RED's own merge then goes out from this revision.
      revisions.keepRead(now.rev, now.flows, comparison?.theirs);
      if (comparison === undefined)
        throw new Error("the flow this editor went out from is not known any more");
      return comparison;
    };

    standBeforeNotifications({
      onStale: (theirs) => {
        revisions.tellNodeRed();
        compare()
          .then((comparison) => {
            const dialog = new StaleDeployDialog(comparison, theirs.isDeploying, {
              cancel: () => theirs.close(),
              review: () => {
                theirs.close();
                RED.diff.showRemoteDiff();
              },
              merge: ({ merged, isDeployed }) => {
                try {
                  putInEditor(merged, comparison.rev, isDeployed);
                } catch (thrown) {
                  fallBack(theirs, thrown);
                  return;
                }
                theirs.close();
                background?.close();
                // Who only reviewed what others did deploys when she is ready.
                if (theirs.isDeploying && !isDeployed) RED.actions.invoke("core:deploy-flows");
              },
            });
            dialog.open();
          })
          .catch((thrown) => fallBack(theirs, thrown));
      },
      fillWords: (words, notification) => {
        background = notification;
        compare()
          .then((comparison) => {
            words.replaceChildren(...backgroundWords(comparison));
          })
          // Node-RED's own sentence stands above and says enough.
          .catch((thrown) => console.warn("rung-deploy:", thrown));
      },
    });
  },
});

/** Node-RED's own dialog, which knows the nodes but not what they mean. */
function fallBack(theirs, thrown) {
  console.warn("rung-deploy:", thrown);
  theirs.show();
}

function backgroundWords({ deployments, theirChange }) {
  const sentences = [
    ...theirChange.twins.map(({ sentence }) => sentence),
    ...theirChange.places.flatMap(({ name, kind, sentences: said }) =>
      said.map((sentence) => (kind === "shared" ? sentence : `${name}: ${sentence}`)),
    ),
  ];
  const list = document.createElement("ul");
  list.className = "rung-deploy-told";
  for (const sentence of sentences.slice(0, SHOWN)) list.append(item(sentence));
  const more = sentences.length - SHOWN;
  if (more > 0) list.append(item(`and ${more} more`));
  if (sentences.length === 0) list.append(item("Nothing but where things stand on their tabs."));
  const who = document.createElement("p");
  who.textContent = deployedWords(deployments);
  return [who, list];
}

function item(text) {
  const element = document.createElement("li");
  element.textContent = text;
  return element;
}
