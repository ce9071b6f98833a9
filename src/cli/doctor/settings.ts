// The settings, wherever they come from.
import { messageOf } from "#lib/errors.ts";
import { didYouMean } from "#lib/text/nearest.ts";
import { type Environment, parseSetting, variable } from "#settings/load.ts";
import { readProfiles } from "#settings/profiles.ts";
import { SETTING_NAMES, settingName } from "#settings/table.ts";
import { problemsOf, unknownSetting } from "../config/problems.ts";
import { type Finding, fine, wrong } from "./finding.ts";

export function checkProfile(path: string, env: Environment): Finding[] {
  const asked = variable(env, "ORCH_PROFILE");
  try {
    const { active, profiles } = readProfiles(path);
    const name = asked ?? active;
    const values = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
    if (!values) {
      const says = `The profile '${name}' is not there.${didYouMean(name, Object.keys(profiles))}`;
      return [
        wrong("profile", says, asked ? "Set ORCH_PROFILE to one of 'orch profile ls'." : "orch profile use default"),
      ];
    }
    const problems = problemsOf(values);
    const mend = `orch -p '${name}' config set VAR=VAL, or config unset VAR`;
    if (problems.length > 0) return problems.map((problem) => wrong("profile", problem, mend));
    const count = Object.keys(values).length;
    return [
      fine("profile", `'${name}', with ${count === 0 ? "no settings" : `${count} setting${count > 1 ? "s" : ""}`}.`),
    ];
  } catch (error) {
    return [
      wrong("profile", `${messageOf(error)}.`.replace(/\.\.$/, "."), "Fix the file, or move it to another place."),
    ];
  }
}

/** Ours, but no settings. */
const KNOWN = /^ORCH_(PROFILE|DEBUG|_.*)$/;

export function checkEnvironment(env: Environment): Finding[] {
  const findings = Object.keys(env).flatMap((name) => environmentProblem(name, env[name] ?? "") ?? []);
  if (findings.length > 0) return findings;
  const set = SETTING_NAMES.filter((name) => variable(env, name) !== undefined);
  return [fine("environment", set.length === 0 ? "Sets nothing." : `Sets ${set.join(", ")}.`)];
}

/** Names of the old product that mean nothing here are none of our business. */
function environmentProblem(given: string, value: string): Finding | undefined {
  if (!/^(ORCH|PREFECT)_/.test(given) || KNOWN.test(given) || value.trim() === "") return undefined;
  const name = settingName(given);
  if (name === undefined) {
    return given.startsWith("ORCH_") ? wrong("environment", unknownSetting(given), `unset ${given}`) : undefined;
  }
  try {
    parseSetting(name, value);
    return undefined;
  } catch (error) {
    return wrong("environment", messageOf(error), `Set ${given} to another value, or unset it.`);
  }
}
