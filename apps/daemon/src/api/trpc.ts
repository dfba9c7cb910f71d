/** tRPC, set up once: every caller has shown the token, every failure carries a code and a sentence. */
import { initTRPC, TRPCError } from '@trpc/server';
import { Problem } from '../problem.js';

export interface ApiContext {
  /** False until the connection has shown this installation's token. */
  trusted: boolean;
}

const t = initTRPC.context<ApiContext>().create({
  errorFormatter({ shape, error }) {
    const { cause } = error;
    return {
      ...shape,
      // A stack would tell paths of this machine; a person needs the sentence only.
      data: { ...shape.data, stack: undefined, kyberlineCode: codeOf(cause) },
    };
  },
});

export const router = t.router;

/** Every procedure of the API is built from this one. */
export const procedure = t.procedure.use(async ({ ctx, next }) => {
  if (!ctx.trusted) {
    throw new TRPCError({
      code: 'UNAUTHORIZED',
      message: 'This program has not shown the token of this installation.',
    });
  }
  const result = await next();
  if (!result.ok && result.error.cause instanceof Problem) {
    throw new TRPCError({
      code: 'PRECONDITION_FAILED',
      message: result.error.cause.message,
      cause: result.error.cause,
    });
  }
  return result;
});

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Problem ? cause.code : undefined;
}
