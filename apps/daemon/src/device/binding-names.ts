/** The ways to a sound card, as KYBERLINE_SOUND_BINDING names them; the first is the usual one. */
export const BINDING_NAMES = ['rings', 'naudiodon'] as const;
export type BindingName = (typeof BINDING_NAMES)[number];
