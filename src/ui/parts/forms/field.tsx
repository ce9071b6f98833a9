// Puts a label, a hint and a fault around one control of a form.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface FieldProps {
  label: string;
  /** Drawn in place of the label's text. */
  head?: ComponentChildren;
  /** Small buttons beside the label: no part of the control's name. */
  actions?: ComponentChildren;
  hint?: ComponentChildren;
  /** The page's own check, or what the server refused: shown beside the field. */
  fault?: string | undefined;
  /** Gets what ties the control to label, hint and fault: spread it into the input. */
  children: (control: ControlProps) => ComponentChildren;
}

export interface ControlProps {
  id: string;
  "aria-describedby": string;
  "aria-invalid": boolean;
}

export function Field({ label, head, actions, hint, fault, children }: FieldProps) {
  const id = useId();
  const note = `${id}-note`;
  return (
    <div class="field">
      <span class="line field-head">
        <label for={id}>{head ?? label}</label>
        {actions}
      </span>
      {children({ id, "aria-describedby": note, "aria-invalid": fault !== undefined })}
      <span id={note}>
        {fault !== undefined && (
          <span class="fault" role="alert">
            {fault}
          </span>
        )}
        {fault === undefined && hint && <span class="hint">{hint}</span>}
      </span>
    </div>
  );
}
