// Asks for the server's API key, where it has one: as a page, or above the page when the key that was given is refused later.
import { useEffect, useRef, useState } from "preact/hooks";
import { apiKey, call, isKeyWanted } from "../data/call.ts";
import { refreshAll } from "../data/query.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/forms/field.tsx";

export function SignIn() {
  const { fault, isAsking, onSubmit } = useSignIn();
  return (
    <main>
      <form class="sign-in" onSubmit={onSubmit}>
        <h1>orch</h1>
        <p class="quiet">This server asks for its API key: the value of ORCH_SERVER_API_KEY on its machine.</p>
        <KeyField fault={fault} />
        <Button kind="main" type="submit" disabled={isAsking}>
          Sign in
        </Button>
      </form>
    </main>
  );
}

export function SignInAgain() {
  const { fault, isAsking, onSubmit } = useSignIn();
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null; // of a page of HTML
    box.current?.showModal();
    return () => opener?.isConnected && opener.focus();
  }, []);
  return (
    // Without a key nothing on the page works, so Escape opens it again.
    <dialog ref={box} class="dialog" aria-labelledby="sign-in-again" onClose={() => box.current?.showModal()}>
      <form onSubmit={onSubmit}>
        <div class="head">
          <h2 id="sign-in-again">Sign in again</h2>
        </div>
        <div class="body stack">
          <p>The server does not take the key of this browser any more. What you have typed is still here.</p>
          <KeyField fault={fault} />
        </div>
        <div class="foot">
          <Button kind="main" type="submit" disabled={isAsking}>
            Sign in
          </Button>
        </div>
      </form>
    </dialog>
  );
}

function KeyField({ fault }: { fault: string | undefined }) {
  return (
    <Field label="API key" fault={fault} hint="It stays in this browser until you sign out in the settings.">
      {(control) => <input {...control} name="key" type="password" autocomplete="current-password" required />}
    </Field>
  );
}

function useSignIn() {
  const [fault, setFault] = useState<string>();
  const [isAsking, setAsking] = useState(false);

  async function signIn(form: HTMLFormElement): Promise<void> {
    const before = apiKey.peek();
    setAsking(true);
    setFault(undefined);
    apiKey.value = String(new FormData(form).get("key")).trim();
    try {
      await call("readServerVersion", {});
      isKeyWanted.value = false;
      refreshAll();
    } catch (error) {
      const isRefused = error instanceof Error && "status" in error && error.status === 401;
      setFault(isRefused ? "The server does not take this key." : String((error as Error).message));
      apiKey.value = before;
    } finally {
      setAsking(false);
    }
  }

  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (event.currentTarget instanceof HTMLFormElement) signIn(event.currentTarget);
  };
  return { fault, isAsking, onSubmit };
}
