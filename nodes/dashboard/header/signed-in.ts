import { onMounted, type ShallowRef, shallowRef } from "vue";

export interface SignedInPerson {
  readonly name: string;
  readonly role: "viewer" | "operator" | "engineer" | "admin";
}

/** Who is signed in, as the host says; undefined until it has, and in a Node-RED that asks nobody to sign in. */
export function useSignedIn(): ShallowRef<SignedInPerson | undefined> {
  const person = shallowRef<SignedInPerson>();
  onMounted(async () => {
    try {
      const response = await fetch("/sign-out", { headers: { Accept: "application/json" } });
      if (response.ok) person.value = (await response.json()) as SignedInPerson;
    } catch {
      // Cut off: the header stands without a name, and says STALE.
    }
  });
  return person;
}
