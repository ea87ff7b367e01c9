import { redactNotice } from '../notice/redact-notice.ts';
import { redactTexts } from '../redaction/redact-texts.ts';
import type { Channel, Piece } from './channel.ts';

/** The channel, with every piece redacted before it is rendered: no channel and no kind of message can forget it. */
export function redactPieces(channel: Channel): Channel {
  return {
    ...channel,
    render: (piece, to, state) => channel.render(redactPiece(piece), to, state),
    renderPlain: (piece, to, state) => channel.renderPlain(redactTexts(piece), to, state),
  };
}

function redactPiece(piece: Piece): Piece {
  switch (piece.kind) {
    case 'root':
      return { ...piece, notice: redactNotice(piece.notice) };
    case 'reply':
    case 'details':
      return { ...piece, notice: redactNotice(piece.notice) };
    case 'action':
    case 'digest':
    case 'summary':
      return redactTexts(piece);
  }
}
