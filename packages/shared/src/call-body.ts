/** What an offer and an answer carry sealed inside them as JSON (SPEC 4, 5). */
import { z } from 'zod';

export const candidate = z.object({
  /** An IPv4 or IPv6 literal: names would tell a resolver who is being called. */
  address: z.union([z.ipv4(), z.ipv6()]),
  port: z.number().int().min(1).max(65_535),
});

export const callBody = z.object({
  version: z.literal(1),
  /** Where media may be sent to, at most 12. */
  candidates: z.array(candidate).max(12),
  /** By preference of who offers; an answer has those of them that the callee speaks too. */
  codecs: z
    .array(z.string().regex(/^[a-z0-9-]{1,32}$/))
    .min(1)
    .max(8),
});
export type CallBody = z.infer<typeof callBody>;
