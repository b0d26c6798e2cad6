import { join } from "node:path";
import type { LocalSettings } from "@node-red/runtime";
import settings from "../../settings.ts";
import { credentialSecret } from "./home.ts";
import { permissionsOf } from "./permissions.ts";
import { packFolders } from "./product-root.ts";
import type { Profile } from "./profile.ts";
import type { SignedIn } from "./signed-in.ts";

export interface SettingsParts {
  readonly home: string;
  readonly port: number;
  readonly address: string;
  readonly signedIn: SignedIn;
  readonly storageModule: object;
  readonly ioMiddleware: unknown;
  readonly isTls: boolean;
  readonly profile: Profile;
}

/** settings.ts plus all that depends on where it runs and on who is signed in. */
export function nodeRedSettings(parts: SettingsParts): LocalSettings {
  const merged: Record<string, unknown> = {
    ...settings,
    uiPort: parts.port,
    uiHost: parts.address,
    userDir: join(parts.home, "node-red"),
    nodesDir: packFolders(),
    credentialSecret: credentialSecret(parts.home),
    storageModule: parts.storageModule,
    disableEditor: parts.profile === "production",
    // Dashboard 2 asks its own host in this way when a page is laid out in the browser.
    ...(parts.isTls ? { https: {} } : {}),
    // No `type`: Node-RED then issues no tokens of its own, and asks about every token it is shown.
    adminAuth: {
      tokens: async (token: string) => {
        const person = parts.signedIn.sessions.person(token);
        return person && { username: person.name, permissions: permissionsOf(person.role) };
      },
    },
    dashboard: { middleware: parts.signedIn.required, ioMiddleware: parts.ioMiddleware },
  };
  // The types lag behind: they know neither several folders of nodes nor a sign-in by tokens alone.
  return merged as unknown as LocalSettings;
}
