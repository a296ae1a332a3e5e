/**
 * A variable of the environment is declared once: what it means, its default and what is allowed stand beside the
 * validators, and both the message about a fault and the documentation come from there.
 */
import { Transform } from 'class-transformer';

export interface VariableDescription {
  readonly variable: string;
  /** As it would stand in the environment; `null` where there is none. */
  readonly default: string | null;
  /** How the documentation shows the default, where it is no fixed text. */
  readonly defaultMeaning?: string;
  readonly allowed: string;
  readonly meaning: string;
  /** Never shown, not even in a message about a fault. */
  readonly isSecret: boolean;
}

type Declaration = Omit<VariableDescription, 'variable' | 'isSecret' | 'default'> & {
  readonly default?: string;
  readonly isSecret?: boolean;
  readonly parse?: (text: string) => unknown;
};

const described = new Map<string, VariableDescription>();

export function Variable({ parse, ...declaration }: Declaration): PropertyDecorator {
  return (target, property) => {
    const variable = String(property);
    described.set(variable, {
      ...declaration,
      variable,
      default: declaration.default ?? null,
      isSecret: declaration.isSecret ?? false,
    });
    if (parse) {
      // What cannot be read becomes null, which no validator takes for absent as it does undefined.
      Transform(({ value }) => (typeof value === 'string' ? (parse(value) ?? null) : value))(target, property);
    }
  };
}

export function descriptions(): readonly VariableDescription[] {
  return [...described.values()];
}

export function descriptionOf(variable: string): VariableDescription | undefined {
  return described.get(variable);
}
