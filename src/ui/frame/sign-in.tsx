// Asks for the server's API key, where it has one.
import { useState } from "preact/hooks";
import { apiKey, call, isKeyWanted } from "../data/call.ts";
import { Button } from "../parts/button.tsx";
import { Field } from "../parts/field.tsx";

export function SignIn() {
  const [fault, setFault] = useState<string>();
  const [isAsking, setAsking] = useState(false);

  async function signIn(form: HTMLFormElement): Promise<void> {
    setAsking(true);
    setFault(undefined);
    apiKey.value = String(new FormData(form).get("key")).trim();
    try {
      await call("readServerVersion", {});
      isKeyWanted.value = false;
    } catch (error) {
      const isRefused = error instanceof Error && "status" in error && error.status === 401;
      setFault(isRefused ? "The server does not take this key." : String((error as Error).message));
      apiKey.value = null;
    } finally {
      setAsking(false);
    }
  }

  return (
    <main>
      <form
        class="sign-in"
        onSubmit={(event) => {
          event.preventDefault();
          signIn(event.currentTarget);
        }}
      >
        <h1>orch</h1>
        <p class="quiet">This server asks for its API key: the value of ORCH_SERVER_API_KEY on its machine.</p>
        <Field label="API key" fault={fault} hint="It stays in this browser until you sign out in the settings.">
          {(control) => <input {...control} name="key" type="password" autocomplete="current-password" required />}
        </Field>
        <Button kind="main" type="submit" disabled={isAsking}>
          Sign in
        </Button>
      </form>
    </main>
  );
}
