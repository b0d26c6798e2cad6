/** What the tour says, by language; Node-RED chooses by the names of its locales. */
export const WORDS = {
  "en-US": {
    menu: "Tour of Rung",
    offer: "New here? See how a flow climbs.",
    take: "Take the tour",
    later: "Not now",
    nothing: "The tour needs a flow with a source wired to a state: open one first.",
    steps: {
      start: [
        "A flow is a twin",
        "What you wire here is what runs. In two minutes: where the data comes from, what the twin holds, and what makes it fall.",
      ],
      source: [
        "A source",
        "It reads the plant. Below it stands how many tags come, how fast and how old they are.",
      ],
      state: [
        "The twin's state",
        "All newest values, each with its quality. The mark on its edge says the rung it holds, and the one it is wired for.",
      ],
      palette: [
        "The palette is the ladder",
        "From 0 model to 5 act. A rung is wired when a piece of it stands behind the state, and held only while its evidence holds.",
      ],
      ladder: [
        "The ladder",
        "Each rung with the fact that decides it. Choose one to see its evidence: value, limit, verdict. Below stands what the next rung lacks.",
      ],
      cut: [
        "Now break it",
        "The next step takes the wire away between source and state: here in your editor, nothing is deployed and the plant goes on.",
      ],
      fallen: [
        "The rung falls",
        "Without its source the twin is wired for less, at once and before any deploy. No label could have kept it up. The next step puts the wire back.",
      ],
      deploy: [
        "Deploy",
        "Makes what you have drawn run. The ladder shows what a deploy will do before you press it.",
      ],
      end: [
        "Go on",
        "Menu, Import, Examples: a flow for every node. On an empty tab the ladder's button <i>Add a twin</i> climbs with you. This tour stays in the menu.",
      ],
    },
  },
  de: {
    menu: "Rundgang durch Rung",
    offer: "Neu hier? Sehen Sie, wie ein Flow steigt.",
    take: "Rundgang",
    later: "Jetzt nicht",
    nothing:
      "Der Rundgang braucht einen Flow, in dem eine Quelle mit einem Zustand verbunden ist: Öffnen Sie einen.",
    steps: {
      start: [
        "Ein Flow ist ein Zwilling",
        "Was hier verdrahtet ist, läuft. In zwei Minuten: woher die Daten kommen, was der Zwilling hält und was ihn fallen lässt.",
      ],
      source: [
        "Eine Quelle",
        "Sie liest die Anlage. Darunter steht, wie viele Werte kommen, wie schnell und wie alt sie sind.",
      ],
      state: [
        "Der Zustand des Zwillings",
        "Alle neuesten Werte, jeder mit seiner Qualität. Die Marke an der Kante nennt die Stufe, die er hält, und die, für die er verdrahtet ist.",
      ],
      palette: [
        "Die Palette ist die Leiter",
        "Von 0 Modell bis 5 Handeln. Eine Stufe ist verdrahtet, wenn ein Stück von ihr hinter dem Zustand steht, und gehalten nur, solange ihre Belege halten.",
      ],
      ladder: [
        "Die Leiter",
        "Jede Stufe mit der Tatsache, die sie entscheidet. Wählen Sie eine und sehen Sie ihre Belege: Wert, Grenze, Urteil. Darunter steht, was der nächsten fehlt.",
      ],
      cut: [
        "Jetzt wird es gebrochen",
        "Der nächste Schritt nimmt die Leitung zwischen Quelle und Zustand weg: nur in Ihrem Editor, nichts wird übernommen, und die Anlage läuft weiter.",
      ],
      fallen: [
        "Die Stufe fällt",
        "Ohne seine Quelle ist der Zwilling für weniger verdrahtet, sofort und vor jeder Übernahme. Kein Schild hätte ihn gehalten. Der nächste Schritt setzt die Leitung wieder ein.",
      ],
      deploy: [
        "Übernahme",
        "Lässt laufen, was Sie gezeichnet haben. Die Leiter zeigt vorher, was eine Übernahme bewirkt.",
      ],
      end: [
        "Weiter",
        "Menü, Import, Beispiele: ein Flow für jeden Knoten. Auf einem leeren Tab steigt der Knopf <i>Add a twin</i> der Leiter mit Ihnen. Der Rundgang bleibt im Menü.",
      ],
    },
  },
};

/** Words of this editor's language; any other reads English. */
export const words = () => (/^de\b/i.test(RED.i18n.lang() ?? "") ? WORDS.de : WORDS["en-US"]);
