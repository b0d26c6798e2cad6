import express, { type Router } from "express";
import { mayAs } from "../core/roles.ts";
import type { Profile } from "./profile.ts";
import type { SignedIn } from "./signed-in.ts";

/** What a page is told of the editor: where it is, or nothing. */
export interface EditorAddress {
  /** Path of the editor, `/editor/`; absent where there is none, or none for this person. */
  readonly root?: string;
}

export interface EditorAddressParts {
  readonly signedIn: SignedIn;
  /** Path of Node-RED's editor without its last `/`. */
  readonly adminRoot: string;
  readonly profile: Profile;
}

/**
 * `GET /dashboard/rung-editor`: whether the pages offer "Open in the editor". They do so to people who may change
 * flows; whoever else signs in may read the editor too, and an operator's screen stays free of it.
 */
export function editorAddress({ signedIn, adminRoot, profile }: EditorAddressParts): Router {
  const router = express.Router();
  router.get("/dashboard/rung-editor", (request, response) => {
    const person = signedIn.person(request);
    const isOffered = profile === "engineering" && person !== undefined && mayAs(person.role, "engineer");
    const answer: EditorAddress = isOffered ? { root: `${adminRoot}/` } : {};
    response.set("Cache-Control", "no-store").json(answer);
  });
  return router;
}
