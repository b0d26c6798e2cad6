export const TILE_WORDS = {
  en: {
    waiting: "Waiting for the first values.",
    noState: (twin: string) => `${twin} has no state node yet.`,
    noRow: "No value is chosen. Open the node and add one.",
  },
  de: {
    waiting: "Die ersten Werte stehen noch aus.",
    noState: (twin: string) => `${twin} hat noch keinen Zustandsknoten.`,
    noRow: "Kein Wert ist gewählt. Öffnen Sie den Knoten und fügen Sie einen hinzu.",
  },
} as const;
