// Draws a switch. It flips at once; who handles `onChange` flips it back when the server refuses.

export interface SwitchProps {
  isOn: boolean;
  /** Read aloud and shown on hover: "Schedule of report/nightly". */
  label: string;
  disabled?: boolean;
  onChange: (isOn: boolean) => void;
}

export function Switch({ isOn, label, disabled = false, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      class="switch"
      aria-checked={isOn}
      aria-label={label}
      title={`${label}: ${isOn ? "on" : "off"}`}
      disabled={disabled}
      onClick={() => onChange(!isOn)}
    />
  );
}
