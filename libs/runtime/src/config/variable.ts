/**
 * `@Variable` is written beside the validators of a variable and says in words what they check. The sentence about a
 * fault and the table of the documentation are made from it.
 */
export interface VariableDescription {
  readonly variable: string;
  /** The text to use if the variable is unset; `null` if there is no default. */
  readonly default: string | null;
  /** How the documentation shows a default that is not a fixed text. */
  readonly defaultMeaning?: string;
  readonly allowed: string;
  readonly meaning: string;
  /** The value is never shown, not even in the sentence about a fault. */
  readonly isSecret: boolean;
}

type Declaration = Pick<VariableDescription, 'allowed' | 'meaning' | 'defaultMeaning'> & {
  readonly default?: string;
  readonly isSecret?: boolean;
};

const described = new Map<string, VariableDescription>();

/** Every variable by its name, in the order of their declaration. */
export const VARIABLES: ReadonlyMap<string, VariableDescription> = described;

export function Variable(declaration: Declaration): PropertyDecorator {
  return (_target, property) => {
    const variable = String(property);
    described.set(variable, { default: null, isSecret: false, ...declaration, variable });
  };
}
