/** All codecs of this program, opened by their names. */
import type { CodecName } from '@kyberline/core/call/body';
import type { Decoder, Encoder } from './codec.js';
import { OpusSupply } from './opus.js';
import { Pcm16Decoder, Pcm16Encoder, Pcm48Decoder, Pcm48Encoder } from './pcm.js';

/** As many calls as an engine that was started again opens at once, and more. */
const SPARE = 8;

export class Codecs {
  private constructor(private readonly opus: OpusSupply) {}

  /** @param spare how many of each can be opened within one turn of the event loop */
  static async open(spare = SPARE): Promise<Codecs> {
    return new Codecs(await OpusSupply.open(spare));
  }

  encoder(name: CodecName): Encoder {
    switch (name) {
      case 'opus':
        return this.opus.encoder();
      case 'pcm16':
        return new Pcm16Encoder();
      case 'pcm48':
        return new Pcm48Encoder();
    }
  }

  decoder(name: CodecName): Decoder {
    switch (name) {
      case 'opus':
        return this.opus.decoder();
      case 'pcm16':
        return new Pcm16Decoder();
      case 'pcm48':
        return new Pcm48Decoder();
    }
  }
}
