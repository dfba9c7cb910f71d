/**
 * The handshake (SPEC 4 to 6), in the order in which it happens.
 *
 *   A: makeOffer ──► B: readOffer, offerProblem, openOffer … the person accepts … makeAnswer
 *   A: openAnswer ◄──┘
 *   A: confirmA ──► B: acceptConfirmA, confirmB ──► A: acceptConfirmB        both: finish
 */
export { ANSWER_NONCE_BYTES, makeAnswer, openAnswer } from './answer.js';
export {
  CONFIRM_A_BYTES,
  CONFIRM_B_BYTES,
  type Finished,
  Handshake,
  type PacketKeys,
  type Role,
} from './confirm.js';
export {
  makeOffer,
  type Offer,
  type OpenedOffer,
  openOffer,
  type PendingOffer,
  readOffer,
  SAS_NONCE_BYTES,
} from './offer.js';
export {
  addressProblem,
  type OfferContext,
  type OfferProblem,
  offerProblem,
} from './offer-check.js';
export { CALL_ID_BYTES } from './offer-header.js';
