// SPDX-License-Identifier: MIT
// The kernels come as explicit vectors with always-inlined math, so that of LLVM's default
// pipelines little is of use to them: no vectoriser, no inliner that weighs, no interprocedural
// pass. The list below gives the same speed as -O3 on every shipped model, in a third of the time.
#include "toolchain/llvm_pipeline.h"

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Target/TargetOptions.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/LICM.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>
#include <llvm/Transforms/Scalar/LoopRotation.h>
#include <llvm/Transforms/Scalar/LoopUnrollPass.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include <chrono>
#include <memory>

namespace hhc::toolchain {

namespace {

std::unique_ptr<llvm::TargetMachine>
make_machine(const llvm::Module& module, const CompileOptions& options, std::string& error) {
    const llvm::Target* target =
        llvm::TargetRegistry::lookupTarget(module.getTargetTriple(), error);
    if (target == nullptr) {
        return nullptr;
    }
    std::string features;
    for (const std::string& feature : options.target.features) {
        features += (features.empty() ? "" : ",") + feature;
    }
    llvm::TargetOptions settings;
    settings.AllowFPOpFusion = llvm::FPOpFusion::Strict; // our IR decides where an fma is
    return std::unique_ptr<llvm::TargetMachine>(target->createTargetMachine(
        module.getTargetTriple(), options.target.cpu, features, settings, llvm::Reloc::PIC_,
        std::nullopt, static_cast<llvm::CodeGenOptLevel>(options.opt_level)));
}

/// Tells the unroller to leave alone what does not count to a constant, before it finds that out by
/// an analysis that is the dearest of all.
struct LeaveOpenLoops : llvm::PassInfoMixin<LeaveOpenLoops> {
    llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses) {
        for (llvm::Loop* loop :
             analyses.getResult<llvm::LoopAnalysis>(function).getLoopsInPreorder()) {
            if (!counts_to_constant(*loop)) {
                loop->setLoopAlreadyUnrolled();
            }
        }
        return llvm::PreservedAnalyses::all();
    }

    static bool counts_to_constant(const llvm::Loop& loop) {
        const llvm::BasicBlock* latch = loop.getLoopLatch();
        const auto* branch =
            latch == nullptr ? nullptr : llvm::dyn_cast<llvm::BranchInst>(latch->getTerminator());
        if (branch == nullptr || !branch->isConditional()) {
            return false;
        }
        const auto* compare = llvm::dyn_cast<llvm::ICmpInst>(branch->getCondition());
        return compare != nullptr && llvm::isa<llvm::ConstantInt>(compare->getOperand(1));
    }
};

llvm::FunctionPassManager function_passes(int opt_level) {
    llvm::FunctionPassManager passes;
    passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
    passes.addPass(llvm::EarlyCSEPass()); // first, because it halves what the slow ones see
    passes.addPass(llvm::SimplifyCFGPass());
    passes.addPass(llvm::InstCombinePass());
    passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LoopRotatePass()));
    // Loops over lanes and rounds have known counts; unrolled, their arrays become registers.
    passes.addPass(LeaveOpenLoops());
    passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LoopFullUnrollPass(
        /*OptLevel=*/3, /*OnlyWhenForced=*/false, /*ForgetSCEV=*/true)));
    passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
    // Global value numbering finds nothing more in them, and takes six times as long.
    passes.addPass(llvm::EarlyCSEPass());
    if (opt_level > 1) {
        passes.addPass(llvm::SimplifyCFGPass());
        passes.addPass(llvm::InstCombinePass());
    }
    // Last: what was unrolled holds the constants that are worth a register.
    passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LICMPass(llvm::LICMOptions()),
                                                         /*UseMemorySSA=*/true));
    return passes;
}

void optimise(llvm::Module& module, llvm::TargetMachine& machine, int opt_level) {
    llvm::PassBuilder builder(&machine);
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager components;
    llvm::ModuleAnalysisManager modules;
    llvm::TargetLibraryInfoImpl library((llvm::Triple(module.getTargetTriple())));
    library.disableAllFunctions(); // kernels are freestanding
    functions.registerPass([&] { return llvm::TargetLibraryAnalysis(library); });
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(components);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, components, modules);
    llvm::ModulePassManager passes;
    if (opt_level > 0) {
        // What is inlined in many places is tidied up once.
        llvm::FunctionPassManager before;
        before.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
        before.addPass(llvm::EarlyCSEPass());
        passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(before)));
    }
    passes.addPass(llvm::AlwaysInlinerPass(/*InsertLifetime=*/false));
    if (opt_level > 0) {
        passes.addPass(llvm::GlobalDCEPass());
        passes.addPass(llvm::createModuleToFunctionPassAdaptor(function_passes(opt_level)));
    }
    passes.run(module, modules);
}

} // namespace

std::optional<std::string> finish_module(llvm::Module& module, const CompileOptions& options,
                                         Output kind, llvm::SmallVectorImpl<char>& output,
                                         CompileTimes& times) {
    const auto start = std::chrono::steady_clock::now();
    std::string error;
    const std::unique_ptr<llvm::TargetMachine> machine = make_machine(module, options, error);
    if (machine == nullptr) {
        return error;
    }
    optimise(module, *machine, options.opt_level);
    times.passes = seconds_since(start);
    llvm::raw_svector_ostream stream(output);
    if (kind == Output::Llvm) {
        module.print(stream, nullptr);
        return std::nullopt;
    }
    llvm::legacy::PassManager passes;
    const auto type = kind == Output::Object ? llvm::CodeGenFileType::ObjectFile
                                             : llvm::CodeGenFileType::AssemblyFile;
    if (machine->addPassesToEmitFile(passes, stream, nullptr, type, /*DisableVerify=*/true)) {
        return "the target cannot write this kind of file";
    }
    passes.run(module);
    times.machine_code = seconds_since(start) - times.passes;
    return std::nullopt;
}

} // namespace hhc::toolchain
